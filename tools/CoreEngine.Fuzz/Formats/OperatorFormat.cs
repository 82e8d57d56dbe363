using System.Text;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>
/// Calls of every operator, as text: recorded ones, others like them, and some drawn from the operators' descriptions.
/// They run on memory with guard zones.
/// </summary>
internal sealed class OperatorFormat : FuzzFormat
{
    /// <summary>Memory for one call: arguments are small, and so are honest results.</summary>
    private const long MemoryLimit = 64 << 20;

    /// <summary>Every so many calls, one is drawn from a description, of all operators in turn.</summary>
    private const int NewEvery = 3;

    private readonly IReadOnlyList<OperatorCall> _recorded;
    private readonly OperatorDef[] _operators;

    /// <param name="recorded">Calls that are known to be right.</param>
    public OperatorFormat(IEnumerable<OperatorCall> recorded)
    {
        _recorded = [.. recorded.Where(call => OperatorRegistry.Default.TryGet(call.Operator, out _))];
        _operators = [.. OperatorRegistry.Default.Operators.Where(op => !op.IsInternal)];
        Seeds = [.. _recorded.Select(call => Encoding.UTF8.GetBytes(call.ToString()))];
    }

    /// <inheritdoc/>
    public override string Name => "operators";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>A few numbers may honestly stand for a large array.</summary>
    public override bool MayExpand => true;

    /// <summary>A call takes longer than reading a small file.</summary>
    public override long DefaultCount => 100_000;

    /// <inheritdoc/>
    public override TimeSpan Patience => TimeSpan.FromMinutes(1);

    /// <summary>In debug mode every array has a stack trace of its own.</summary>
    public override long ManagedBudget(int inputLength) => 64 << 20;

    /// <summary>Puts the process's pool, from which all arrays come, into debug mode, with little memory.</summary>
    public override IDisposable Prepare() => new GuardedMemory(MemoryLimit);

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random)
    {
        OperatorCall call;
        if (random.Next(NewEvery) == 0)
        {
            call = CallDraw.New(_operators[random.Next(_operators.Length)], random);
        }
        else
        {
            OperatorCall known = _recorded[seed];
            call = CallDraw.Like(OperatorRegistry.Default[known.Operator], known, random);
        }

        return Encoding.UTF8.GetBytes(call.ToString());
    }

    /// <inheritdoc/>
    public override object Read(byte[] input, StoragePool pool)
    {
        CallRun.Run(OperatorCall.Parse(Encoding.UTF8.GetString(input)));
        return input;
    }

    /// <summary>What was computed was looked at when it was there.</summary>
    public override void CheckAccepted(object value, StoragePool pool) { }

    private sealed class GuardedMemory : IDisposable
    {
        private readonly StoragePool _pool = StoragePool.For(Device.Cpu());
        private readonly long _limit;
        private readonly bool _debug;

        public GuardedMemory(long limit)
        {
            (_limit, _debug) = (_pool.Limit, _pool.Debug);
            (_pool.Limit, _pool.Debug) = (limit, true);
        }

        public void Dispose() => (_pool.Limit, _pool.Debug) = (_limit, _debug);
    }
}
