"""SMS Centre: counts by SMS for Indonesia's directorate of corrections."""

__all__ = ["__version__"]

__version__ = "0.1.0"
