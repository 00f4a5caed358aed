"""R · the scoring rule itself, and the D codes that only a rule can break (D14-D19): what reading and proof noticed.

The findings come from the rule room as notes on each row; here each code tells its share of them.
"""

from collections.abc import Callable

from hengjian.audit.case import OWN_RULES, Answer, Case, Check, Found, Outcome, Skip
from hengjian.forms.form import Kind
from hengjian.values.finding import Certainty, Level


def _told(code: str) -> Callable[[Case], Answer]:
    def check(case: Case) -> Answer:
        ruled = [row for row in case.rows if row.reading is not None and row.reading.origin in OWN_RULES]
        if not ruled:
            return Skip(Outcome.NOT_APPLICABLE, "表中没有评分标准")
        found: list[Found] = []
        for row in ruled:
            assert row.reading is not None  # noqa: S101 - chosen so above
            field = "bands" if row.reading.origin == "bands" else "rule"
            cell = row.row.rule if field == "rule" else row.row.bands[0][1]
            notes = [note for note in row.notes if note.code == code]
            if not notes:
                continue
            span = notes[0].span
            piece = row.reading.text[slice(*span)] if span else row.reading.text
            place = cell.place if cell is not None else None
            message = "；".join(dict.fromkeys(note.message for note in notes))
            found.append(Found(message, row.row, field, place, piece, notes[0].repair, notes[0].example))
        return tuple(found)

    return check


_RULED = frozenset(Kind)
_LAW = "《民法典》第一千二百五十九条：以上、以下、以内、届满包括本数；不满、超过、以外不包括本数"
_CLEAR = "评分标准应当明确、可执行，同样的完成值只能得出一个得分"

CHECKS = tuple(
    Check(
        code=code,
        title=title,
        level=Level(level),
        kind=Certainty.DETERMINISTIC,
        kinds=_RULED,
        run=_told(code),
        why=why,
        advice=advice,
    )
    for code, title, level, why, advice in (
        ("R01", "评分标准有空档", "E", _CLEAR, "补上没有对应得分的取值，例如把“高于”改为“不低于”。"),
        ("R02", "评分标准重叠", "W", _CLEAR, "改写条件，使每个取值只落在一档；边界写明“（含）”。"),
        ("R03", "得分在临界点突变", "I", _CLEAR, "如非有意，可改为按完成比例或逐级扣分。"),
        ("R04", "条件永远不会出现", "W", _CLEAR, "删去或改正这一条。"),
        ("R05", "标准中单位不一致", "W", _CLEAR, "补上百分号或统一单位。"),
        ("R06", "用语没有定义", "W", _CLEAR, "写明算法，例如“完成比例=实际完成值÷指标值”。"),
        ("R07", "得分可能超出分值范围", "W", _CLEAR, "写明“扣完为止”或“最高不超过分值”。"),
        ("R08", "方向相反", "W", _CLEAR, "改正条件的方向：完成得越好，得分不应越低。"),
        ("R09", "需要人工评定", "I", _CLEAR, "由评价人给出等级或分数并说明依据。"),
        ("R10", "评分标准未能读懂", "W", _CLEAR, "按提示的位置改写；也可由人工确认其含义。"),
        ("D14", "分档有空档或重叠", "E", _CLEAR, "补上没有归属的取值，改正归入两档的取值。"),
        ("D15", "分档嵌套", "W", _LAW, "把“80%以上”写成“80%（含）—90%”，各档互不包含。"),
        ("D16", "临界值归入两档", "W", _LAW, "在其中一档写明“（含）”，另一档写“不含”。"),
        ("D17", "只列出了几个点", "E", _CLEAR, "改为区间，例如“90%（含）—100%”。"),
        ("D18", "评分标准与指标值不符", "E", _CLEAR, "多为从别的行复制而来：按本行的指标值改正。"),
        ("D19", "公式缺少分母或分母不对", "W", _CLEAR, "改为“得分=实际值÷指标值×分值”。"),
    )
)
