using CoreEngine.Optimizers;

namespace CoreEngine.KVStore;

/// <summary>
/// Holds a model's parameters under keys, and brings together what several devices compute for them: gradients that are
/// pushed are added up and stored, or handed to an updater or optimizer that changes what is stored; pulls give the stored
/// values to everybody.
/// </summary>
/// <remarks>
/// <para>Pushes and pulls are operations of the engine: they return at once, and run when the arrays are ready. Priorities
/// say which of them matter most where they compete for a network; a local store has no use for them.</para>
/// <para>Calls with several keys take one array for each key. A key may come several times: pushed values are added up, in
/// their order; pulls fill all arrays. Keys are worked off by their numbers. A call checks all its keys and arrays before it
/// changes anything. Threads may use one store at the same time.</para>
/// </remarks>
/// <example>
/// <code>
/// using KeyValueStore store = KeyValueStore.Create("local");
/// store.Initialize("weight", NDArray.Zeros(new Shape(2, 3)));
/// store.SetOptimizer(new Sgd(0.1));
/// store.Push("weight", gradientOfDevice0, gradientOfDevice1);
/// store.Pull("weight", weightOfDevice0, weightOfDevice1);
/// </code>
/// </example>
public abstract class KeyValueStore : IDisposable
{
    private protected KeyValueStore(string type) => Type = type;

    /// <summary>A store of this type.</summary>
    /// <param name="type">
    /// <c>local</c> or <c>device</c>, in any letter case; also longer names with <c>device</c> in them, such as
    /// <c>local_allreduce_device</c>. As in MXNet, other names that do not ask for a network or a library mean <c>local</c>.
    /// </param>
    /// <exception cref="KeyValueStoreException">The type is <c>dist...</c> or <c>nccl</c>, which this version lacks.</exception>
    public static KeyValueStore Create(string type = "local")
    {
        ArgumentNullException.ThrowIfNull(type);
        string name = type.ToLowerInvariant();
        if (name.Contains("dist", StringComparison.Ordinal))
        {
            throw new KeyValueStoreException(
                $"The store type '{name}' needs the distributed store, which this version does not have yet; use 'local' "
                    + "or 'device' in one process."
            );
        }

        if (name.Contains("nccl", StringComparison.Ordinal))
            throw new KeyValueStoreException(
                $"The store type '{name}' needs NCCL, which is not supported; use 'device'."
            );
        return new LocalStore(name);
    }

    /// <summary>The type that the store was created with, in small letters.</summary>
    public string Type { get; }

    /// <summary>The number of this worker among all workers, from 0.</summary>
    public virtual int Rank => 0;

    /// <summary>How many workers there are.</summary>
    public virtual int GroupSize => 1;

    /// <summary>Whether workers wait for each other before they exit. A worker without others has nobody to wait for.</summary>
    public bool WaitsBeforeExit { get; set; } = true;

    /// <summary>Gets each warning, instead of standard error, when somebody subscribed.</summary>
    public event Action<string>? Warned;

    /// <summary>Stores first values. A key is initialized once; what is stored is a copy.</summary>
    /// <exception cref="KeyValueStoreException">
    /// A key was initialized before, is twice in the call, or is of the other kind; or a value is a CSR matrix.
    /// </exception>
    public abstract void Initialize(ReadOnlySpan<StoreKey> keys, ReadOnlySpan<NDArray> values);

    /// <summary>Stores a first value.</summary>
    /// <inheritdoc cref="Initialize(ReadOnlySpan{StoreKey}, ReadOnlySpan{NDArray})"/>
    public void Initialize(StoreKey key, NDArray value) => Initialize([key], [value]);

    /// <summary>
    /// Adds up what is pushed under each key and hands it to the updater, on this thread; without one, the sum becomes the
    /// stored value, also its type and storage.
    /// </summary>
    /// <param name="keys">The keys; equal ones need not stand beside each other.</param>
    /// <param name="values">One for each key: dense or row-sparse, of the stored value's shape, on any device.</param>
    /// <param name="priority">The higher goes first.</param>
    /// <exception cref="KeyValueStoreException">
    /// A key was not initialized, or is of the other kind; the number of values differs; a value is a CSR matrix, of another
    /// shape, or cannot be compressed.
    /// </exception>
    public abstract void Push(ReadOnlySpan<StoreKey> keys, ReadOnlySpan<NDArray> values, int priority = 0);

    /// <summary>Pushes values, one for each device, under one key.</summary>
    /// <inheritdoc cref="Push(ReadOnlySpan{StoreKey}, ReadOnlySpan{NDArray}, int)"/>
    public void Push(StoreKey key, params ReadOnlySpan<NDArray> values) => Push(Repeated(key, values.Length), values);

    /// <summary>Copies the stored values into arrays.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="targets">One for each key, of the stored value's shape, on any device.</param>
    /// <param name="priority">The higher goes first.</param>
    /// <param name="ignoreSparse">
    /// Whether sparse targets are left as they are, with a warning, as in MXNet: what they should be pulled with is
    /// <see cref="PullRows(ReadOnlySpan{StoreKey}, ReadOnlySpan{NDArray}, ReadOnlySpan{NDArray}, int)"/>.
    /// </param>
    /// <exception cref="KeyValueStoreException">
    /// A key was not initialized, or is of the other kind; the number of targets differs, or a target's shape.
    /// </exception>
    public abstract void Pull(
        ReadOnlySpan<StoreKey> keys,
        ReadOnlySpan<NDArray> targets,
        int priority = 0,
        bool ignoreSparse = true
    );

    /// <summary>Copies the stored value of one key into arrays, one for each device.</summary>
    /// <inheritdoc cref="Pull(ReadOnlySpan{StoreKey}, ReadOnlySpan{NDArray}, int, bool)"/>
    public void Pull(StoreKey key, params ReadOnlySpan<NDArray> targets) =>
        Pull(Repeated(key, targets.Length), targets);

    /// <summary>Copies some rows of row-sparse stored values into row-sparse arrays, which then store these rows only.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="targets">One for each key: row-sparse, of the stored value's shape.</param>
    /// <param name="rows">
    /// One for each key: the numbers of the rows, a dense vector of any type, in any order, also repeated. A number that
    /// names no row is found when the target is waited for.
    /// </param>
    /// <param name="priority">The higher goes first.</param>
    /// <exception cref="KeyValueStoreException">
    /// A key was not initialized, or is of the other kind; the stored value or a target is not row-sparse; row numbers are
    /// sparse or no vector; the number of targets or rows differs, or a target's shape.
    /// </exception>
    public abstract void PullRows(
        ReadOnlySpan<StoreKey> keys,
        ReadOnlySpan<NDArray> targets,
        ReadOnlySpan<NDArray> rows,
        int priority = 0
    );

    /// <summary>Copies some rows of one stored value into a row-sparse array.</summary>
    /// <inheritdoc cref="PullRows(ReadOnlySpan{StoreKey}, ReadOnlySpan{NDArray}, ReadOnlySpan{NDArray}, int)"/>
    public void PullRows(StoreKey key, NDArray target, NDArray rows) => PullRows([key], [target], [rows]);

    /// <summary>Pushes values, then pulls what is stored afterwards.</summary>
    /// <param name="keys">The keys of the values.</param>
    /// <param name="values">What to push, one for each of <paramref name="keys"/>.</param>
    /// <param name="targetKeys">The keys of the targets.</param>
    /// <param name="targets">What to pull into, one for each of <paramref name="targetKeys"/>.</param>
    /// <param name="priority">The higher goes first.</param>
    /// <exception cref="KeyValueStoreException">As pushing and pulling.</exception>
    public virtual void PushPull(
        ReadOnlySpan<StoreKey> keys,
        ReadOnlySpan<NDArray> values,
        ReadOnlySpan<StoreKey> targetKeys,
        ReadOnlySpan<NDArray> targets,
        int priority = 0
    )
    {
        Push(keys, values, priority);
        Pull(targetKeys, targets, priority, ignoreSparse: false);
    }

    /// <summary>Stores first values, then pulls them: every worker has those of worker 0.</summary>
    /// <param name="keys">The keys of the values.</param>
    /// <param name="values">The values, one for each of <paramref name="keys"/>.</param>
    /// <param name="targetKeys">The keys of the targets.</param>
    /// <param name="targets">What to pull into, one for each of <paramref name="targetKeys"/>.</param>
    /// <param name="priority">The higher goes first.</param>
    /// <exception cref="KeyValueStoreException">As initializing and pulling.</exception>
    public virtual void Broadcast(
        ReadOnlySpan<StoreKey> keys,
        ReadOnlySpan<NDArray> values,
        ReadOnlySpan<StoreKey> targetKeys,
        ReadOnlySpan<NDArray> targets,
        int priority = 0
    )
    {
        Initialize(keys, values);
        Pull(targetKeys, targets, priority, ignoreSparse: false);
    }

    /// <summary>What changes stored values from now on; null to store what is pushed.</summary>
    public abstract void SetUpdater(StoreUpdater? updater);

    /// <summary>
    /// Lets an optimizer change the stored values from now on: what is pushed are gradients. Its weights have the keys'
    /// numbers. The caller goes on owning it.
    /// </summary>
    public abstract void SetOptimizer(Optimizer optimizer);

    /// <summary>Compresses what is pushed from now on; null to push everything as it is.</summary>
    /// <exception cref="KeyValueStoreException">Stores of this type do not compress.</exception>
    public abstract void SetGradientCompression(GradientCompression? compression);

    /// <summary>
    /// Waits until every worker has come here. It does not wait for what they have pushed; with one worker it returns at once.
    /// </summary>
    public virtual void Barrier() { }

    /// <summary>How many nodes of a group have not been heard of for some time; without a network, none.</summary>
    /// <param name="node">The number of a node or of a group of nodes.</param>
    /// <param name="silence">After how long a node counts as dead.</param>
    public virtual int CountDeadNodes(int node, TimeSpan silence) => 0;

    /// <summary>Sends a command to every server and waits until all have executed it; without servers, nothing.</summary>
    public virtual void SendCommand(int head, string body) { }

    /// <summary>
    /// Serves workers until the job ends, and hands the commands that come to <paramref name="controller"/>. A store without
    /// a network serves nobody and returns at once.
    /// </summary>
    public virtual void RunServer(Action<int, string> controller) { }

    /// <summary>Lets go of all stored values.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    private protected abstract void Dispose(bool disposing);

    private protected void Warn(string message)
    {
        if (Warned is { } warned)
            warned(message);
        else
            Console.Error.WriteLine("CoreEngine: " + message);
    }

    private static StoreKey[] Repeated(StoreKey key, int count)
    {
        var keys = new StoreKey[count];
        Array.Fill(keys, key);
        return keys;
    }
}
