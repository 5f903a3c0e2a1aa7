"""What runs inside every container: the launchers in bin/ import it."""
