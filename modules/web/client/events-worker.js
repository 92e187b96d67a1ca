import { runHub } from './events-hub.js'

// All tabs of the browser share this worker; they talk to its hub by channels, as they would to a tab's.
runHub()
