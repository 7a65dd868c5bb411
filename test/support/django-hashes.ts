/** Computed with Python's `hashlib.pbkdf2_hmac('sha256', password, salt, iterations)`, in Django's format. */
export const DJANGO_870000 = {
  password: 'syam1234',
  stored: 'pbkdf2_sha256$870000$neYWVgwtycqoHBrf45Oe5D$TrAVCo0036jm8q6DVJH/gmHAMgVzUHa5reG4BfkKv2g=',
}

export const DJANGO_260000 = {
  password: 'pässwörd 1',
  stored: 'pbkdf2_sha256$260000$Zk3jPq8VbA1c$wOPEuG0szQwhLNdngYQEJLkisD6RQZI1sr0wZBEXQUc=',
}
