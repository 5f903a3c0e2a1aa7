/** How the variables begin that tell of a service beside this one: `DEVENV_EDX_PLATFORM`. Pure. */
export const variableOf = (service: string): string => `DEVENV_${service.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
