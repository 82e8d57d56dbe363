using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>
/// Random operations over a set of variables. Each operation mixes what it reads into what it writes, so the final
/// values tell whether every operation saw exactly what it had to see.
/// </summary>
internal sealed class RandomWorkload
{
    private readonly Engine _engine;
    private readonly Random _random;
    private readonly Var[] _vars;
    private readonly ulong[] _values;
    private readonly WorkloadOptions _options;

    public RandomWorkload(Engine engine, int seed, int variables, WorkloadOptions options)
    {
        _engine = engine;
        _random = new Random(seed);
        _options = options;
        _vars = new Var[variables];
        _values = new ulong[variables];
        for (int i = 0; i < variables; i++)
        {
            _vars[i] = engine.NewVar();
            _values[i] = (ulong)_random.NextInt64();
        }
    }

    /// <summary>Pushes everything and gives the final values and faults, as text that can be compared.</summary>
    public string[] Run(int operations)
    {
        IDisposable? bulk = null;
        for (int i = 0; i < operations; i++)
        {
            if (_options.Bulk && _random.Next(20) == 0)
            {
                bulk?.Dispose();
                bulk = _random.Next(2) == 0 ? _engine.Bulk(_random.Next(1, 12)) : null;
            }
            PushOne(i);
            if (_random.Next(500) == 0)
            {
                WaitForOne();
            }
        }
        bulk?.Dispose();
        try
        {
            _engine.WaitForAll(TimeSpan.FromSeconds(60));
        }
        catch (OperationException)
        {
            Assert.IsTrue(_options.Faults);
        }
        string[] result = new string[_vars.Length];
        for (int i = 0; i < result.Length; i++)
        {
            string fault = _vars[i].Fault is OperationException e ? e.OperationName : "";
            result[i] = $"{_values[i]:x} v{_vars[i].Version} f{_vars[i].FinishedVersion} {fault}";
        }
        return result;
    }

    private void PushOne(int number)
    {
        int[] reads = Pick(_random.Next(2, 21));
        int[] writes = Pick(_random.Next(1, 4));
        if (!_options.Overlap)
        {
            writes = [.. writes.Distinct()];
            reads = [.. reads.Except(writes).Distinct()];
        }
        bool fails = _options.Faults && _random.Next(40) == 0;
        int work = _random.Next(10) == 0 ? _random.Next(2000) : _random.Next(50);
        PushOptions options = new(Device.Cpu());
        if (_options.Lanes)
        {
            Device device = _random.Next(8) switch
            {
                0 => Device.Cpu(1),
                1 => Device.Gpu(0),
                2 => Device.CpuPinned(),
                _ => Device.Cpu(),
            };
            OperationProperty property = _random.Next(10) switch
            {
                0 => OperationProperty.CpuPrioritized,
                1 => OperationProperty.CopyFromGpu,
                2 => OperationProperty.CopyToGpu,
                3 => OperationProperty.Async,
                _ => OperationProperty.Normal,
            };
            options = new PushOptions(device, _random.Next(4) == 0 ? _random.Next(-3, 4) : 0, property);
        }
        WorkloadBody body = new(number, _values, reads, writes, work, fails)
        {
            MayRunAtOnce = _options.Quick && _random.Next(3) != 0,
        };
        _engine.Push(body, Select(reads), Select(writes), options);
    }

    private void WaitForOne()
    {
        Var var = _vars[_random.Next(_vars.Length)];
        bool exclusive = _random.Next(2) == 0;
        try
        {
            if (exclusive)
            {
                _engine.WaitForVarExclusive(var, TimeSpan.FromSeconds(60));
            }
            else
            {
                _engine.WaitForVar(var, TimeSpan.FromSeconds(60));
            }
        }
        catch (OperationException)
        {
            Assert.IsTrue(_options.Faults);
        }
    }

    private int[] Pick(int count)
    {
        int[] result = new int[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = _random.Next(_vars.Length);
        }
        return result;
    }

    private Var[] Select(int[] indices) => Array.ConvertAll(indices, i => _vars[i]);
}
