/** What one test process, or one server that it starts, has compiled, the next one only loads: as the application does. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
