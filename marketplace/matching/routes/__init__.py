"""Pages of matches, the steps taken on them, and the platform's view of them."""

from marketplace.matching.routes import pages, platform, steps

blueprints = (pages.bp, steps.bp, platform.bp)
