declare const preflight: {
  problemOf(surroundings: { readonly isInstalled: boolean; readonly runsTypeScript: boolean; readonly version: string }): string | null
}
export = preflight
