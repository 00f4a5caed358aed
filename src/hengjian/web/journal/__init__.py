"""The record of every change: who, when, what, from, to, why. Append-only and hash-chained, one chain for each object."""
