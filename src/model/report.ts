export interface MemberReport {
  readonly id: number
  readonly reporterId: number
  readonly reporter: string
  readonly reportedId: number
  readonly reported: string
  readonly reason: string
  readonly createdAt: number
}
