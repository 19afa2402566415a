/** Sessions of all connections of a server together: any client may begin some, before it has shown who it is. */
export class SessionBudget {
  private taken = 0;

  constructor(private readonly max: number) {}

  /** @returns false if there is no room for another */
  take(): boolean {
    if (this.taken >= this.max) {
      return false;
    }
    this.taken++;
    return true;
  }

  give(sessions: number): void {
    this.taken -= sessions;
  }
}
