"""What making a part costs, who pays for it, and what was paid: tariffs, quotes, orders and the ledger."""
