"""The audit: pure checks from a form to findings, and the ledger of checks owed."""
