"""Rules over tables: lowered to SQL and run set-wise. Each engine module alone knows its database."""
