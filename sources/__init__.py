"""Where it comes from: fetch safely, parse, normalise, segment, locate quotations."""
