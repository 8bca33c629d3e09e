"""cchc_xl: administrative-reform reports (báo cáo cải cách hành chính) in Excel: forms, checks, merging."""

__version__ = "0.1.0"
