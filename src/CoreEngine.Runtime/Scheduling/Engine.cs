namespace CoreEngine.Runtime;

/// <summary>
/// Runs operations in an order that respects what they read and write: whatever the number of workers, the result is
/// that of running them one after another in the order of their pushes.
/// </summary>
/// <remarks>
/// <para>Faults. An exception in an operation marks the variables it writes. Operations that read a marked variable
/// (or list it under reads and writes) are skipped and mark theirs. An operation that only writes a marked variable
/// runs, and clears the mark when it succeeds. Every wait on a marked variable throws an
/// <see cref="OperationException"/>.</para>
/// <para>All members may be used from any thread, and pushing also from inside operations. Waiting inside an operation
/// throws <see cref="WaitInsideOperationException"/>.</para>
/// </remarks>
public abstract class Engine : IDisposable
{
    private static readonly Lock s_defaultLock = new();
    private static Engine? s_default;

    [ThreadStatic]
    private static Engine? t_inline;

    private long _varCount;

    private protected Engine(EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        Profiler.StartFromEnvironment();
    }

    /// <summary>
    /// The process's engine, made at first use from the environment (<see cref="EngineOptions.FromEnvironment"/>).
    /// Setting another does not dispose of the previous one, whose variables go on working. On a thread within
    /// <see cref="RunInline"/>, the engine that runs everything at once.
    /// </summary>
    /// <exception cref="EngineSettingsException">A setting in the environment cannot be used.</exception>
    public static Engine Default
    {
        get
        {
            Engine? engine = t_inline ?? Volatile.Read(ref s_default);
            if (engine is not null)
            {
                return engine;
            }
            lock (s_defaultLock)
            {
                return s_default ??= Create(EngineOptions.FromEnvironment());
            }
        }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (s_defaultLock)
            {
                Volatile.Write(ref s_default, value);
            }
        }
    }

    /// <summary>
    /// Until the result is disposed of, <see cref="Default"/> is on this thread an engine that runs each operation inside
    /// the push, and whose waits return at once: for operations whose work consists of operations. Variables of other
    /// engines may be read there when nothing pending writes them, but not written.
    /// </summary>
    public static InlineScope RunInline()
    {
        Engine? before = t_inline;
        t_inline = InlineEngine.Instance;
        return new InlineScope(before);
    }

    internal static void LeaveInline(Engine? before) => t_inline = before;

    /// <summary>The settings that the engine was made with.</summary>
    public EngineOptions Options { get; }

    /// <summary>What was done and what is to do. Taking it costs a lock: not for hot loops.</summary>
    public abstract EngineStatistics Statistics { get; }

    private protected FaultLog Faults { get; } = new();

    /// <summary>An engine of the kind that the options name.</summary>
    /// <exception cref="EngineSettingsException">An option has a value that cannot be used.</exception>
    public static Engine Create(EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options.Kind == EngineKind.Naive ? new NaiveEngine(options) : new ThreadedEngine(options);
    }

    /// <summary>A new variable. Cheap; needs no disposal when nothing hangs on its end.</summary>
    /// <param name="contents">
    /// What the variable stands for. It stays reachable as long as the variable is, so also while operations that use
    /// the variable are pending.
    /// </param>
    public Var NewVar(object? contents = null) => new(this, Interlocked.Increment(ref _varCount), contents);

    /// <summary>
    /// Takes an operation. It will run when every operation pushed earlier that conflicts with it is over. A variable
    /// may be listed twice, and under both reads and writes: then it counts as written, and the operation depends on
    /// its contents. Either the push throws and nothing has happened, or the engine calls the body's
    /// <see cref="OperationBody.Finished"/> once, later.
    /// </summary>
    /// <param name="body">The work.</param>
    /// <param name="reads">What it reads.</param>
    /// <param name="writes">What it overwrites.</param>
    /// <param name="options">Where and how.</param>
    /// <exception cref="InvalidVarException">A variable was deleted or belongs to another engine.</exception>
    /// <exception cref="InvalidDeviceException">The device of the options is not set or not valid.</exception>
    /// <exception cref="EngineDisposedException">The engine was shut down.</exception>
    public abstract void Push(
        OperationBody body,
        ReadOnlySpan<Var> reads,
        ReadOnlySpan<Var> writes,
        in PushOptions options
    );

    /// <summary>Takes a delegate as an operation on the first CPU device. Convenient, but allocates.</summary>
    /// <exception cref="InvalidVarException">A variable was deleted or belongs to another engine.</exception>
    /// <exception cref="EngineDisposedException">The engine was shut down.</exception>
    public void Push(string name, Action action, ReadOnlySpan<Var> reads, ReadOnlySpan<Var> writes) =>
        Push(name, action, reads, writes, PushOptions.Cpu);

    /// <summary>Takes a delegate as an operation. Convenient, but allocates.</summary>
    /// <exception cref="InvalidVarException">A variable was deleted or belongs to another engine.</exception>
    /// <exception cref="InvalidDeviceException">The device of the options is not set or not valid.</exception>
    /// <exception cref="EngineDisposedException">The engine was shut down.</exception>
    public void Push(
        string name,
        Action action,
        ReadOnlySpan<Var> reads,
        ReadOnlySpan<Var> writes,
        in PushOptions options
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(action);
        Push(new ActionBody(name, action), reads, writes, options);
    }

    /// <summary>
    /// Ends a variable: no operation pushed from now on may use it. When everything pushed before is over,
    /// <paramref name="onDeleted"/> runs (on the first CPU device, before other ready work; inside this call when it is
    /// quick and nothing is pending), even if the variable is faulted.
    /// </summary>
    /// <exception cref="InvalidVarException">It was deleted before or belongs to another engine.</exception>
    /// <exception cref="EngineDisposedException">The engine was shut down.</exception>
    public abstract void DeleteVar(Var var, OperationBody? onDeleted = null);

    /// <summary>
    /// Waits until every write pushed so far is over, so that the host may read what the variable stands for.
    /// </summary>
    /// <param name="var">The variable.</param>
    /// <param name="timeout">How long to wait at most; null for any time.</param>
    /// <param name="cancellationToken">Ends the wait; the work itself goes on.</param>
    /// <exception cref="OperationException">The contents could not be computed.</exception>
    /// <exception cref="EngineTimeoutException">The time is over; the message says what is pending.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="WaitInsideOperationException">The caller is an operation of this engine.</exception>
    /// <exception cref="InvalidVarException">The variable belongs to another engine.</exception>
    public void WaitForVar(Var var, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        CheckWait(var);
        Deadline deadline = new(timeout, cancellationToken);
        WaitForWrites(var, deadline);
        if (Volatile.Read(ref var.FaultRecord) is { } fault)
        {
            throw fault.ForWait();
        }
    }

    /// <summary>
    /// Waits until every read and write pushed so far is over, so that the host may overwrite what the variable
    /// stands for.
    /// </summary>
    /// <inheritdoc cref="WaitForVar"/>
    public void WaitForVarExclusive(Var var, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        CheckWait(var);
        Deadline deadline = new(timeout, cancellationToken);
        WaitForAccesses(var, deadline);
        if (Volatile.Read(ref var.FaultRecord) is { } fault)
        {
            throw fault.ForWait();
        }
    }

    /// <summary>
    /// Waits until no operation is pending, those included that other threads and running operations push meanwhile.
    /// Then, if an operation has failed and no wait has thrown its failure yet, throws the first such one, by the order
    /// in which they failed, with the others in <see cref="OperationException.Others"/>; all of them count as thrown
    /// from then on. Variables stay faulted, and waits on them go on throwing.
    /// </summary>
    /// <inheritdoc cref="WaitForVar"/>
    public void WaitForAll(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        CheckNotInside();
        WaitForIdle(new Deadline(timeout, cancellationToken));
        if (Faults.Take() is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>
    /// Until the result is disposed of, consecutive ordinary pushes of this thread to one device with one priority are
    /// merged and scheduled as one operation: cheaper where operations are small. Others can see them when the merged
    /// operation is handed over: when it has reached the limit, when this thread pushes something that does not fit,
    /// deletes a variable or waits, and at the end. Each body still has its own faults and its own Finished.
    /// </summary>
    /// <param name="limit">How many to merge at most; 0 for <see cref="EngineOptions.BulkLimit"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public abstract IDisposable Bulk(int limit = 0);

    /// <summary>
    /// Stops the workers: returns when no operation is being executed and their threads have ended. Pushes are taken
    /// and kept; waits last until <see cref="Resume"/>. Does nothing when suspended already.
    /// </summary>
    /// <exception cref="WaitInsideOperationException">The caller is an operation of this engine.</exception>
    /// <exception cref="EngineDisposedException">The engine was shut down.</exception>
    public abstract void Suspend();

    /// <summary>Starts the workers again. Does nothing when they run.</summary>
    /// <exception cref="EngineDisposedException">The engine was shut down.</exception>
    public abstract void Resume();

    /// <summary>
    /// What is pending: what runs where, what is ready, and for everything else which operations it waits for. Meant
    /// for people; the time it takes grows with what is pending.
    /// </summary>
    public abstract string DumpPending();

    /// <summary>
    /// Shuts the engine down. New pushes are refused, except those of operations in flight. What is pending goes on
    /// for <see cref="EngineOptions.ShutdownTimeout"/>; then <see cref="OperationContext.CancellationToken"/> is
    /// cancelled, asynchronous operations in flight fail, and what has not started is skipped, with an
    /// <see cref="EngineDisposedException"/> as its fault. A body that runs is always waited for. When this returns
    /// every body's Finished was called and the workers' threads have ended.
    /// </summary>
    /// <exception cref="WaitInsideOperationException">The caller is an operation of this engine.</exception>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends an asynchronous operation; called once for each, from any thread.</summary>
    internal abstract void FinishAsync(Operation operation, Exception? error);

    /// <summary>Shuts down.</summary>
    private protected abstract void Dispose(bool disposing);

    private protected abstract bool IsInsideOperation { get; }

    private protected abstract void WaitForWrites(Var var, in Deadline deadline);

    private protected abstract void WaitForAccesses(Var var, in Deadline deadline);

    private protected abstract void WaitForIdle(in Deadline deadline);

    private protected void CheckPush(
        OperationBody body,
        ReadOnlySpan<Var> reads,
        ReadOnlySpan<Var> writes,
        in PushOptions options
    )
    {
        if (body is null)
        {
            ThrowNullBody();
        }
        if (!options.Device.IsValid)
        {
            ThrowInvalidDevice(options.Device);
        }
        foreach (Var var in writes)
        {
            if (var is null || var.Owner != this || var.Deleted != 0)
            {
                ThrowInvalidVar(var);
            }
        }
        foreach (Var var in reads)
        {
            if (var is null || var.Owner != this || var.Deleted != 0)
            {
                ThrowInvalidVar(var);
            }
        }
    }

    /// <summary>Marks the variable as deleted; throws when it cannot be.</summary>
    private protected void ClaimDeletion(Var var)
    {
        ArgumentNullException.ThrowIfNull(var);
        if (var.Owner != this || Interlocked.Exchange(ref var.Deleted, 1) != 0)
        {
            ThrowInvalidVar(var);
        }
    }

    private protected void CheckNotInside()
    {
        if (IsInsideOperation)
        {
            throw new WaitInsideOperationException(
                "An operation waits for the engine that runs it, so both could wait for ever. Give the operation the "
                    + "variable among its reads instead, or push the rest of its work as another operation."
            );
        }
    }

    private protected EngineTimeoutException TimedOut(string what, TimeSpan timeout) =>
        new($"Waiting for {what} took longer than {timeout.TotalMilliseconds} ms.\n{DumpPending()}");

    private protected static EngineDisposedException Disposed() =>
        new("The engine was shut down and takes no more work. Use another engine, or dispose of this one later.");

    private protected static OperationException FaultOf(Operation operation, Exception cause)
    {
        string name = "(unknown)";
        string description = name;
        try
        {
            name = operation.Name;
            description = operation.Body?.Describe() ?? name;
        }
        catch (Exception e)
        {
            // A description that fails must not hide the error that it was to describe.
            description = $"{name}; its description failed: {e.Message}";
        }
        return new OperationException(name, description, operation.Device, cause);
    }

    private protected virtual void CheckWait(Var var)
    {
        ArgumentNullException.ThrowIfNull(var);
        if (var.Owner != this)
        {
            ThrowInvalidVar(var);
        }
        CheckNotInside();
    }

    private static void ThrowNullBody() =>
        throw new ArgumentNullException("body", "An operation needs a body that does its work.");

    private static void ThrowInvalidDevice(Device device) =>
        throw new InvalidDeviceException(
            $"Device {device} cannot run operations. Use Device.Cpu(id) or Device.Gpu(id) with a number from 0 to "
                + $"{Device.MaxId}."
        );

    private void ThrowInvalidVar(Var? var)
    {
        ArgumentNullException.ThrowIfNull(var);
        throw new InvalidVarException(
            var.Owner != this
                ? $"{var} belongs to another engine: use each variable only with the engine that made it."
                : $"{var} was deleted: push what uses it before deleting it."
        );
    }
}
