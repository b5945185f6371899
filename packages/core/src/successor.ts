/** The branch of the same library at which a branch that closes goes on (docs/adr/0126). */
export interface Successor {
	readonly id: string;
	/** As it was called when it was named; whoever knows the register has its name of now. */
	readonly name: string;
	readonly origin: string;
}
