"""Checks: submission → findings. One small file for each family of rules; severities and gates come from the rules."""
