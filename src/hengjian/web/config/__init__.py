"""Settings, map of addresses, and the entry for servers."""
