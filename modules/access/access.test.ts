import { houseRules } from '@tessera/core/testing'

houseRules('access')
