"""One channel, beside which others will stand: who may ask Telegram for what when, and what came from there."""
