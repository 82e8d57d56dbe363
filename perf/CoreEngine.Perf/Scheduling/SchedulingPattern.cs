using CoreEngine.Runtime;

namespace CoreEngine.Perf;

/// <summary>
/// Pushes of empty operations with two reads and one write each, from one thread, and a wait for all of them.
/// </summary>
internal sealed class SchedulingPattern
{
    private const int Table = 4096;

    private readonly Engine _engine;
    private readonly EmptyBody _body = new();
    private readonly Var[] _reads = new Var[2 * Table];
    private readonly Var[] _writes = new Var[Table];

    private SchedulingPattern(Engine engine) => _engine = engine;

    /// <summary>Operations that have nothing to do with one another: common inputs, outputs of their own.</summary>
    public static SchedulingPattern Independent(Engine engine)
    {
        SchedulingPattern pattern = new(engine);
        Var first = engine.NewVar();
        Var second = engine.NewVar();
        for (int i = 0; i < Table; i++)
        {
            pattern._reads[2 * i] = first;
            pattern._reads[(2 * i) + 1] = second;
            pattern._writes[i] = i < 64 ? engine.NewVar() : pattern._writes[i % 64];
        }
        return pattern;
    }

    /// <summary>Each operation reads what the one before it has written.</summary>
    public static SchedulingPattern Chained(Engine engine)
    {
        SchedulingPattern pattern = new(engine);
        Var input = engine.NewVar();
        Var[] ring = [engine.NewVar(), engine.NewVar(), engine.NewVar(), engine.NewVar()];
        for (int i = 0; i < Table; i++)
        {
            pattern._reads[2 * i] = input;
            pattern._reads[(2 * i) + 1] = ring[i % 4];
            pattern._writes[i] = ring[(i + 1) % 4];
        }
        return pattern;
    }

    /// <summary>Reads and writes spread at random over so many variables.</summary>
    public static SchedulingPattern Spread(Engine engine, int variables)
    {
        SchedulingPattern pattern = new(engine);
        Var[] vars = new Var[variables];
        for (int i = 0; i < variables; i++)
        {
            vars[i] = engine.NewVar();
        }
        Random random = new(variables);
        for (int i = 0; i < Table; i++)
        {
            int write = random.Next(variables);
            pattern._reads[2 * i] = vars[(write + 1 + random.Next(variables - 1)) % variables];
            pattern._reads[(2 * i) + 1] = vars[(write + 1 + random.Next(variables - 1)) % variables];
            pattern._writes[i] = vars[write];
        }
        return pattern;
    }

    /// <summary>Pushes and waits.</summary>
    public void Run(int operations)
    {
        Push(operations);
        _engine.WaitForAll();
    }

    /// <summary>Pushes only.</summary>
    public void Push(int operations)
    {
        PushOptions options = PushOptions.Cpu;
        for (int i = 0; i < operations; i++)
        {
            int at = i % Table;
            _engine.Push(_body, _reads.AsSpan(2 * at, 2), _writes.AsSpan(at, 1), options);
        }
    }
}
