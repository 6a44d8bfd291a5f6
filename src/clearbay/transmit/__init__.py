"""How observations come in: gateways, and the one intake behind them all."""
