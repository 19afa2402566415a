package mooring.mongo;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Refuses what the server would silently ignore, so that no test passes because of it: each command may hold only fields that
 * the server heeds, or that change nothing for a client of one server without replicas.
 */
final class Refusals {
    private static final Set<String> ANYWHERE = Set.of(
        "$db", "$clusterTime", "$readPreference", "lsid", "comment", "maxTimeMS", "readConcern", "writeConcern", "hint",
        "apiVersion", "apiStrict", "apiDeprecationErrors");

    private static final Map<String, Set<String>> HEEDED = Map.ofEntries(
        Map.entry("find", Set.of("filter", "sort", "projection", "skip", "limit", "batchSize", "singleBatch")),
        Map.entry("insert", Set.of("documents", "ordered")),
        Map.entry("update", Set.of("updates", "ordered")),
        Map.entry("delete", Set.of("deletes", "ordered")),
        Map.entry("findandmodify",
            Set.of("query", "sort", "fields", "update", "remove", "new", "upsert", "arrayFilters")),
        Map.entry("count", Set.of("query", "skip", "limit")),
        Map.entry("distinct", Set.of("key", "query")),
        Map.entry("aggregate", Set.of("pipeline", "cursor", "allowDiskUse")),
        Map.entry("create", Set.of()),
        Map.entry("createindexes", Set.of("indexes", "commitQuorum")));

    private static final Map<String, Set<String>> HEEDED_IN_EACH = Map.of(
        "updates", Set.of("q", "u", "multi", "upsert", "arrayFilters", "hint"),
        "deletes", Set.of("q", "limit", "hint"),
        "indexes", Set.of("key", "name", "unique", "sparse", "v", "background", "ns"));

    private static final Set<String> WRITING_STAGES = Set.of("$out", "$merge", "$changeStream");

    private Refusals() {
    }

    static void check(String command, Document query) {
        if (query.containsKey("txnNumber") || query.containsKey("startTransaction") || query.containsKey("autocommit")) {
            throw refusal("transactions and retryable writes");
        }
        Set<String> heeded = HEEDED.get(command.toLowerCase(Locale.ROOT));
        if (heeded == null) {
            return;
        }
        String first = query.keySet().iterator().next();
        for (Map.Entry<String, Object> field : query.entrySet()) {
            String name = field.getKey();
            if (!name.equals(first) && !heeded.contains(name) && !ANYWHERE.contains(name)) {
                throw refusal("'" + name + "' of " + command);
            }
            Set<String> heededInEach = HEEDED_IN_EACH.get(name);
            if (heededInEach != null) {
                ((List<?>) field.getValue()).forEach(entry -> checkEntry(name, (Document) entry, heededInEach));
            }
        }
        checkUpdate(query.get("update"));
        checkPipeline(query.get("pipeline"));
    }

    private static void checkEntry(String list, Document entry, Set<String> heeded) {
        for (String name : entry.keySet()) {
            if (!heeded.contains(name)) {
                throw refusal("'" + name + "' in '" + list + "'");
            }
        }
        checkUpdate(entry.get("u"));
        if (entry.get("key") instanceof Document keys) {
            for (Object kind : keys.values()) {
                if (!(kind instanceof Number)) {
                    throw refusal("an index of kind '" + kind + "'");
                }
            }
        }
    }

    private static void checkUpdate(Object update) {
        if (update instanceof List) {
            throw refusal("an update by a pipeline");
        }
    }

    private static void checkPipeline(Object pipeline) {
        if (pipeline instanceof List<?> stages) {
            for (Object stage : stages) {
                if (stage instanceof Document document && document.keySet().stream().anyMatch(WRITING_STAGES::contains)) {
                    throw refusal("the stage " + document.keySet());
                }
            }
        }
    }

    private static MongoServerError refusal(String what) {
        return new MongoServerError(115, "CommandNotSupported", "Not served by the tests' MongoDB: " + what);
    }
}
