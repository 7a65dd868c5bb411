-- The alarm scenarios and the music of the recovery contract. Clients refer to them by id.
INSERT INTO alarm_scenarios (id, name, play_music, notify_contact, notify_therapist) VALUES
  (1, 'Off', 0, 0, 0),
  (2, 'Pattern 1', 1, 0, 0),
  (3, 'Pattern 2', 1, 1, 1),
  (4, 'Pattern 3', 1, 0, 1);

INSERT INTO music_tracks (id, name, url) VALUES
  (1, 'New Song 1', 'https://example.com/newsong1.mp3'),
  (2, 'New Song 2', 'https://example.com/newsong2.mp3');
