"""What making a part costs: pure arithmetic in whole fen."""
