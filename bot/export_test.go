package bot

// MaxInFlight is how many interactions are worked on at once.
const MaxInFlight = maxInFlight
