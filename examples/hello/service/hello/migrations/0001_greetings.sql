-- The greetings, newest last.
CREATE TABLE greetings (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    words VARCHAR(200) NOT NULL
);
