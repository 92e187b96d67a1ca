import { agent, Role, roleRow, staff } from '@tessera/base'
import { data, permission, role } from '@tessera/core'

/** Works at the distributor: reviews what is unassigned, sees every ticket and gives it to whom it belongs. */
export const distributorAgent = role('distributorAgent', { label: 'Distributor agent', implies: [agent] })
/** Works at one branch of a dealer: sees the branch's tickets and those of his teams. */
export const branchAgent = role('branchAgent', { label: 'Branch agent', implies: [staff] })
/** Works for a dealer: sees what his company was given and passes it on inside the company. */
export const dealerAgent = role('dealerAgent', { label: 'Dealer agent', implies: [branchAgent] })
/** Leads a dealer's desk: may also give a ticket back to the distributor. */
export const dealerManager = role('dealerManager', { label: 'Dealer manager', implies: [dealerAgent] })
/** A program that files tickets for people: a website, an app, a chatbot. */
export const intake = role('intake', { label: 'Intake (external system)' })
/** The program that brings the network over from the Identity System. */
export const identitySystem = role('identitySystem', { label: 'Identity System (synchronisation)' })

/** Asking for the recalls of a vehicle by its VIN. */
export const looksUpRecalls = permission('dealership.lookUpRecalls', 'Look up recalls by VIN')
/** Giving tickets to any company, and seeing those that nobody has. */
export const assignsAnywhere = permission('dealership.assignAnywhere', 'Assign tickets to every company')

export const roleRows = data(Role, {
  distributorAgent: roleRow(distributorAgent),
  branchAgent: roleRow(branchAgent),
  dealerAgent: roleRow(dealerAgent),
  dealerManager: roleRow(dealerManager),
  intake: roleRow(intake),
  identitySystem: roleRow(identitySystem),
})
