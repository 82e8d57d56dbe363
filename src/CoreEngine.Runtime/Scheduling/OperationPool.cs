namespace CoreEngine.Runtime;

/// <summary>
/// Records that are free. Threads that push take them and workers give them back, so records travel between threads
/// in magazines of many: one lock per magazine, not per record.
/// </summary>
internal static class OperationPool
{
    private const int MagazineSize = 64;

    // Beyond this many magazines the garbage collector may have the records (32,768 of them are kept).
    private const int MaxMagazines = 512;

    private static readonly Lock s_lock = new();
    private static Operation? s_magazines;
    private static int s_magazineCount;

    /// <summary>One thread's records: a magazine in use, and a full one in reserve.</summary>
    internal sealed class Cache : Padded
    {
        private Operation? _current;
        private Operation? _reserve;
        private int _count;

        public Operation Rent()
        {
            Operation? operation = _current;
            if (operation is null)
            {
                operation = Refill();
            }
            _current = operation.Next;
            _count--;
            operation.Next = null;
            return operation;
        }

        public void Return(Operation operation)
        {
            operation.Clear();
            if (_count >= MagazineSize)
            {
                Spill();
            }
            operation.Next = _current;
            _current = operation;
            _count++;
        }

        private Operation Refill()
        {
            Operation? magazine = _reserve;
            _reserve = null;
            if (magazine is null)
            {
                lock (s_lock)
                {
                    magazine = s_magazines;
                    if (magazine is not null)
                    {
                        s_magazines = magazine.NextGroup;
                        magazine.NextGroup = null;
                        s_magazineCount--;
                    }
                }
            }
            if (magazine is not null)
            {
                _count = MagazineSize;
                return magazine;
            }
            _count = 1;
            return new Operation();
        }

        private void Spill()
        {
            if (_reserve is { } full)
            {
                lock (s_lock)
                {
                    if (s_magazineCount < MaxMagazines)
                    {
                        full.NextGroup = s_magazines;
                        s_magazines = full;
                        s_magazineCount++;
                    }
                }
            }
            _reserve = _current;
            _current = null;
            _count = 0;
        }
    }
}
