/** Every test file has a process of its own, which loads what the one before it compiled already: as the application does. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
