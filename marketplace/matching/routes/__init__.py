"""Pages of matches, and the steps taken on them."""

from marketplace.matching.routes import pages, steps

blueprints = (pages.bp, steps.bp)
