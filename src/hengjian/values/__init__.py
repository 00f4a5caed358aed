"""The ground floor: frozen, exact values that every room shares. Standard library only."""
