"""How strongly: Bayesian networks, credences and cruxes. No language model is asked here."""
