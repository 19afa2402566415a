package mooring.mongo;

import de.bwaldvogel.mongo.MongoServer;
import org.h2.mvstore.MVStore;

/** MongoDB's protocol on a loopback port. Arguments: the port, and the file to keep the data in (none: in memory only). */
public final class Main {
    private Main() {
    }

    public static void main(String[] args) {
        int port = Integer.parseInt(args[0]);
        MVStore.Builder store = new MVStore.Builder().autoCommitDisabled();
        if (args.length > 1) {
            store.fileName(args[1]);
        }
        new MongoServer(new StrictBackend(store.open())).bind("127.0.0.1", port);
    }
}
