/** A module that is evaluated once more. The import states its type: `typeof import('….ts')`. */
declare module '*?instance'
