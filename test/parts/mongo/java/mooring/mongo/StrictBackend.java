package mooring.mongo;

import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.mvstore.MVStore;

/**
 * The backend, made as strict as a mongod: a reply to a write leaves only when the write is in the file, no reply shows a
 * document while it changes, counts are right, and what would be ignored is refused.
 */
final class StrictBackend extends H2Backend {
    private static final Set<String> READS = Set.of(
        "hello", "ismaster", "ping", "buildinfo", "find", "getmore", "killcursors", "count", "distinct", "aggregate",
        "listcollections", "listindexes", "listdatabases", "endsessions", "serverstatus");

    /** Commands run one at a time: the backend changes documents in place, also those that a reply still refers to. */
    private final ReentrantLock lock = new ReentrantLock(true);

    StrictBackend(MVStore store) {
        super(store);
        // Chunks that are no longer used are written over at once: the process may be killed, the machine is not.
        store.setRetentionTime(0);
        version(new Version7());
    }

    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
        Refusals.check(command, query);
        String name = command.toLowerCase(Locale.ROOT);
        lock.lock();
        try {
            return handle(channel, database, name, query).cloneDeeply();
        } finally {
            if (!READS.contains(name)) {
                commit();
            }
            lock.unlock();
        }
    }

    private Document handle(Channel channel, String database, String name, Document query) {
        String command = query.keySet().iterator().next();
        switch (name) {
            case "hello":
                return greet(super.handleCommand(channel, database, "ismaster", query));
            case "ismaster":
                return greet(super.handleCommand(channel, database, command, query));
            case "insert":
                return countInserts(query, super.handleCommand(channel, database, command, query));
            case "update":
                return update(channel, database, query);
            default:
                return super.handleCommand(channel, database, command, query);
        }
    }

    private static Document greet(Document reply) {
        return reply.append("isWritablePrimary", true).append("helloOk", true).append("readOnly", false);
    }

    /** The server counts all that were to be inserted. */
    private static Document countInserts(Document query, Document reply) {
        List<?> errors = list(reply.get("writeErrors"));
        if (errors.isEmpty()) {
            return reply;
        }
        int all = list(query.get("documents")).size();
        int first = (Integer) ((Document) errors.get(0)).get("index");
        return reply.append("n", isOrdered(query) ? first : all - errors.size());
    }

    /** The server goes on after an error also where the order was to be kept: hands it one update at a time. */
    private Document update(Channel channel, String database, Document query) {
        List<?> updates = list(query.get("updates"));
        if (updates.size() == 1 || !isOrdered(query)) {
            return super.handleCommand(channel, database, "update", query);
        }
        int n = 0;
        int modified = 0;
        List<Document> upserted = new ArrayList<>();
        List<Document> errors = new ArrayList<>();
        for (int index = 0; index < updates.size() && errors.isEmpty(); index++) {
            Document one = query.clone().append("updates", List.of(updates.get(index)));
            Document reply = super.handleCommand(channel, database, "update", one);
            n += (Integer) reply.get("n");
            modified += (Integer) reply.get("nModified");
            upserted.addAll(withIndex(reply.get("upserted"), index));
            errors.addAll(withIndex(reply.get("writeErrors"), index));
        }
        Document reply = new Document("n", n).append("nModified", modified);
        if (!upserted.isEmpty()) {
            reply.append("upserted", upserted);
        }
        if (!errors.isEmpty()) {
            reply.append("writeErrors", errors);
        }
        return reply.append("ok", 1.0);
    }

    private static List<Document> withIndex(Object documents, int index) {
        List<Document> result = new ArrayList<>();
        for (Object document : list(documents)) {
            result.add(((Document) document).clone().append("index", index));
        }
        return result;
    }

    private static boolean isOrdered(Document query) {
        return !Boolean.FALSE.equals(query.get("ordered"));
    }

    private static List<?> list(Object value) {
        return value == null ? List.of() : (List<?>) value;
    }
}
