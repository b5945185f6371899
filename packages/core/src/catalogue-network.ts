/**
 * A network that is not public in which a library's catalogue may be asked, at one port. Allowed by whoever runs the platform and never by the library itself: what stands
 * in there besides the catalogue is not the library's to open.
 */
export interface CatalogueNetwork {
	/** As in `10.20.0.0/16`, with the first address of the network before the slash. */
	readonly cidr: string;
	readonly port: number;
}
