import { data, defineModel, type Fields, list, type Model, p, search } from '@tessera/core'
import { TicketType } from '@tessera/ticket'
import { keptByIdentitySystem } from './lock.ts'

const departmentFields = { code: p.string(), name: p.string(), externalId: p.string().nullable() }
/** A part of a branch, with services of its own. */
export interface Department extends Fields<typeof departmentFields> {}
export const Department: Model<Department> = defineModel('department', departmentFields, {
  title: 'name',
  code: 'code',
  icon: 'building-store',
  order: { name: 'asc' },
  fields: { externalId: { label: 'External id' } },
  unique: {
    code: { of: ['code'], else: 'There is already a department with the code "{code}".' },
    external_id: { of: ['externalId'], else: 'There is already a department with the external id {externalId}.' },
  },
  around: keptByIdentitySystem('departments'),
})

const serviceFields = {
  code: p.string(),
  name: p.string(),
  department: () => p.manyToOne(Department),
  types: () => p.manyToMany(TicketType).mappedBy('dealerServices'),
  externalId: p.string().nullable(),
}
/** Something that a department does for customers, and that a branch offers or not. */
export interface DepartmentService extends Fields<typeof serviceFields> {}
export const DepartmentService: Model<DepartmentService> = defineModel('departmentService', serviceFields, {
  title: 'name',
  code: 'code',
  icon: 'tool',
  order: { code: 'asc' },
  fields: { externalId: { label: 'External id' }, types: { label: 'Needed by ticket types' } },
  unique: {
    code: { of: ['code'], else: 'There is already a service with the code "{code}".' },
    external_id: { of: ['externalId'], else: 'There is already a service with the external id {externalId}.' },
  },
  around: keptByIdentitySystem('services of departments'),
})

export const department = data(Department, {
  showroom: { code: 'showroom', name: 'Showroom' },
  parts_shop: { code: 'parts_shop', name: 'Parts Shop' },
  service_center: { code: 'service_center', name: 'Service Center' },
  quick_service: { code: 'quick_service', name: 'Quick Service Center' },
  body_shop: { code: 'body_shop', name: 'Body Shop' },
})

export const departmentService = data(DepartmentService, {
  new_vehicle_sale: { code: 'new_vehicle_sale', name: 'New Vehicle Sale', department: department.showroom },
  installment_sales: { code: 'installment_sales', name: 'Installment Sales', department: department.showroom },
  used_car_sales: { code: 'used_car_sales', name: 'Used Car Sales', department: department.showroom },
  test_drive: { code: 'test_drive', name: 'Test Drive', department: department.showroom },
  parts_counter_sale: { code: 'parts_counter_sale', name: 'Parts Counter Sale', department: department.parts_shop },
  repair: { code: 'repair', name: 'Auto Repair & Maintenance', department: department.service_center },
  quick_repair: { code: 'quick_repair', name: 'Auto Repair & Maintenance', department: department.quick_service },
  body_paint: { code: 'body_paint', name: 'Body & Paint', department: department.body_shop },
})

export const departmentViews = [
  list(Department, ['name', 'code']),
  search(Department, { texts: ['name', 'code'] }),
  list(DepartmentService, ['name', 'department', 'code']),
  search(DepartmentService, { texts: ['name', 'code', 'department.name'], groups: ['department'], facets: ['department'] }),
]
