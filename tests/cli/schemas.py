"""The shipped JSON Schemas, held against real answers: valid, and nothing in an answer that the schema does not name."""

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from hengjian.desk import schema_text

NAMES = ("document", "audit", "score", "target", "explanation", "trace", "what-if", "practice", "original")


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema_text(name))
    return found


def complaints(name: str, answer: Any) -> list[str]:
    """Why an answer is not what its schema promises; empty where it is."""
    root = schema(name)
    wrong = [f"{list(error.path)}: {error.message[:200]}" for error in Draft202012Validator(root).iter_errors(answer)]
    return wrong + sorted(set(_unnamed(root, answer, root, "")))


def _unnamed(part: dict[str, Any], answer: Any, root: dict[str, Any], path: str) -> Iterator[str]:
    while "$ref" in part:
        part = root["$defs"][part["$ref"].rpartition("/")[2]]
    if "anyOf" in part:
        fits = [p for p in part["anyOf"] if Draft202012Validator({**p, "$defs": root["$defs"]}).is_valid(answer)]
        for choice in fits[:1]:
            yield from _unnamed(choice, answer, root, path)
    elif isinstance(answer, dict) and "properties" in part:
        for key, value in answer.items():
            if key in part["properties"]:
                yield from _unnamed(part["properties"][key], value, root, f"{path}.{key}")
            else:
                yield f"{path}.{key} is not in the schema"
    elif isinstance(answer, list) and "items" in part:
        for value in answer:
            yield from _unnamed(part["items"], value, root, f"{path}[]")
