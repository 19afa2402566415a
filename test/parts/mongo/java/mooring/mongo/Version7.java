package mooring.mongo;

import de.bwaldvogel.mongo.MongoVersion;
import java.util.List;

/** What the driver has to see so that it talks to it as to a MongoDB 7.0. */
final class Version7 implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
        return List.of(7, 0, 0);
    }

    @Override
    public int getWireVersion() {
        return 21;
    }
}
