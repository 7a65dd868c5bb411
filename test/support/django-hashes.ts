/** Computed with Python's `hashlib.pbkdf2_hmac('sha256', password, salt, iterations)`, in Django's format. */
export const DJANGO_870000 = {
  password: 'syam1234',
  stored: 'pbkdf2_sha256$870000$neYWVgwtycqoHBrf45Oe5D$TrAVCo0036jm8q6DVJH/gmHAMgVzUHa5reG4BfkKv2g=',
}

export const DJANGO_260000 = {
  password: 'pässwörd 1',
  stored: 'pbkdf2_sha256$260000$Zk3jPq8VbA1c$wOPEuG0szQwhLNdngYQEJLkisD6RQZI1sr0wZBEXQUc=',
}

/** For tests of many hashes at once: five steps of the lock. */
export const DJANGO_26000 = {
  password: 'pässwörd 1',
  stored: 'pbkdf2_sha256$26000$Zk3jPq8VbA1c$xA+0zfFj3r06Sxsol3mFLnNjMtuSLGRYbq/TuT7ISQo=',
}

/**
 * Made by Django 5.2, except where noted. `cheap` has the same password, function and salt and less cost: computed with Python's
 * hashlib and with the crypt of glibc. Without it, the hash itself is cheap.
 */
export const DJANGO_HASHES = {
  'pbkdf2_sha1, 720,000 iterations': {
    password: 'kettle-nutmeg-63',
    stored: 'pbkdf2_sha1$720000$FrbbG2cDesY2cFC4ePbYji$OK+WYDdnckVWW9BoZy2qYz5Ilyg=',
    cheap: 'pbkdf2_sha1$1000$FrbbG2cDesY2cFC4ePbYji$8JjCGKV4nuz4ZQ1YmrSSZmOCRhw=',
  },
  'pbkdf2_sha256 of Django 1.4': {
    password: 'hammock-yonder-89',
    stored: 'pbkdf2_sha256$10000$NK85x0hEqAxG$8Va24dlKFGakY7zvcCItwhG+Xzwtn9sfmmEJ2ssH9YY=',
  },
  'pbkdf2_sha256 of Django 6.0': {
    password: 'marble-walnut-54',
    stored: 'pbkdf2_sha256$1200000$ua49mkfiz9Z8t5edtSVz7k$meBEyg6oWcP02n/So8HKCvQWmrXdNXfmhDgZ0AvK9n0=',
    cheap: 'pbkdf2_sha256$1000$ua49mkfiz9Z8t5edtSVz7k$L9kpeQfNcBJ5EpURm0lEK5Qfo48hEFN2BQZ6a9/jrCI=',
  },
  bcrypt_sha256: {
    password: 'marble-cradle-60',
    stored: 'bcrypt_sha256$$2b$12$Tk3gSir3QCDhTDWuQyjPXuG0FLPbqrnuObtfghxSTm/vj1nmi9h5u',
    cheap: 'bcrypt_sha256$$2b$04$Tk3gSir3QCDhTDWuQyjPXufuqfLahINdXq4EM14PrFqu8ag1.0i0i',
  },
  'scrypt, p=1': {
    password: 'yonder-quiver-88',
    stored:
      'scrypt$16384$TFBDWZRU55Fn3vCWpSAUyR$8$1$DDJCcYMifONlf4tz5r1lD/a/EvZW9CMc8G36S39N3lqZkSEtLr0m99Rh1fvCvJmWmFfTvgzhYhb841qWDr7Q9Q==',
    cheap: 'scrypt$64$TFBDWZRU55Fn3vCWpSAUyR$8$1$7xr1AIubzmpyqKSNe6bXsBm40Xn6a72hPSE+gHEsr+NKyDqPKyJ13P5jZjZJZ7S1L1kEfQPWNQPCkAXOA33ZzA==',
  },
  'scrypt, p=5': {
    password: 'pillar-saddle-97',
    stored:
      'scrypt$16384$C8lJvASQs2ni1Ebq6xAfae$8$5$OTrsGnZcPLfkrE1yw6HpMRxC9XwX2sfxwxig2fdCKgalJzAdqs8emnsu2wAf75q4wia1+RJR86ue8Psdy7PJFQ==',
    cheap: 'scrypt$64$C8lJvASQs2ni1Ebq6xAfae$8$5$OkJzwyDcJfSsN7H96hvuIyKwhbhdh8SJdMElr4QoG0HgCp+38gOfTYB9krK/ArI2Ru6cw5MnsdaM27euI7EkSQ==',
  },
  'argon2i of Django before 3.2': {
    password: 'velvet-nutmeg-82',
    stored: 'argon2$argon2i$v=19$m=512,t=2,p=2$aWo0N2dlQjE2RnVW$L6Z6eC2XfuuPhKJy5yMurA',
  },
  'a password of 203 characters': {
    password: `${'long '.repeat(40)}end`,
    stored: 'pbkdf2_sha256$1000000$PyETqtYrih6vDWLASRhVEB$ESaGEyZzkQ1stD6g+6yavXhCURai99yUHmXeQrvWvc0=',
    cheap: 'pbkdf2_sha256$1000$PyETqtYrih6vDWLASRhVEB$EZby0HwZdmoPKVuh6hY9+3kZ1D49s1tVgH8JwVURxsc=',
  },
  'a password that ends in a space': {
    password: 'ends with a space ',
    stored: 'pbkdf2_sha256$1000000$P5CouN02nc0fClLWJXhHqO$cnOBPtmxVqdXqqzTai+soQQXmvHqdzbR3Zg+t+pWxiY=',
    cheap: 'pbkdf2_sha256$1000$P5CouN02nc0fClLWJXhHqO$xcfulwASH6jF+vLt14/lif8XaQ7uDYEqaBdf9N/6x0o=',
  },
} as const

/** What the column may also contain, and a password with which a log-in must fail. */
export const NO_DJANGO_HASHES = {
  'argon2id of 100 MiB': {
    password: 'ember-hammock-61',
    stored: 'argon2$argon2id$v=19$m=102400,t=2,p=8$U09abmU1RzhMY0EzaG56dXA1anJ1bQ$47c1q0YG7rfI50y43h3kO6+LE7H7TGQzP6cA4eaCDp8',
  },
  unusable: { password: '', stored: '!F97icnSIAvIKH9imntC0ecesprXC6uhSixV3ZgiN' },
  'unusable of an old Django': { password: '!', stored: '!' },
  'the password itself': { password: 'walnut-in-clear-31', stored: 'walnut-in-clear-31' },
  bcrypt: { password: 'nutmeg-pebble-33', stored: 'bcrypt$$2b$12$TRDAPFnlTRTPRy7LKyfjUe8vWLvLHZevjC6FmGkb9GeqgW3LyKeyK' },
  md5: { password: 'velvet-island-46', stored: 'md5$pN3PVGSa1vlk2Ske9KUsQC$e831290f0245850d83fc139523c1a3d8' },
  sha1: { password: 'kettle-tunnel-61', stored: 'sha1$3mpkpqZ9JrkGv75Ln72szu$5ae5efcdbdb1aeef7daca5ca546d62ec4586d7af' },
  'md5 without salt': { password: 'harbour-glacier-49', stored: '6e7db996c0ad7862d7a24d1ac6fbdb7c' },
  crypt: { password: 'anchor-meadow-62', stored: 'crypt$$raH3/vEItJJUM' },
  nothing: { password: '', stored: '' },
} as const
