import { houseRules } from '@tessera/core/testing'

houseRules('dealership')
