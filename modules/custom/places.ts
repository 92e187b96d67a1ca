export const fieldsPath = '/custom'
export const newPath = `${fieldsPath}/new`
/** What a field would be called that has a label; for the script of the form. */
export const namePath = `${fieldsPath}/name`
export const planPath = `${fieldsPath}/plan`

export const newHref = (model: string): string => `${newPath}?model=${encodeURIComponent(model)}`
export const changeHref = (model: string, name: string): string => `${fieldsPath}/change/${model}/${name}`
export const removeHref = (model: string, name: string): string => `${fieldsPath}/remove/${model}/${name}`
export const progressHref = (id: string): string => `${fieldsPath}/progress/${id}`
