export interface DirectMessage {
  readonly id: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly senderId: number
  readonly receiverId: number
  readonly content: string
  readonly isRead: boolean
}
