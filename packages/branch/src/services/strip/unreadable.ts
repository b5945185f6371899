/** A sound or video is not built as it says, so nobody can tell what in it is what. */
export class Unreadable extends Error {}
