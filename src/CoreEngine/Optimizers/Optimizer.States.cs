using System.Globalization;
using CoreEngine.Files;
using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>What an optimizer keeps for each weight, in memory and in files.</summary>
public abstract partial class Optimizer
{
    private const string MixedPrefix = "mp_";

    /// <summary>How mixed-precision operators call the float32 master copy.</summary>
    private const string MasterWeight = "weight32";

    /// <summary>Among a weight's states, the number of its updates (int64).</summary>
    private const string Count = "count";

    /// <summary>In a file, the description of the optimizer (uint8, JSON).</summary>
    private const string DescriptionEntry = "optimizer";

    /// <summary>
    /// Copies of all states under the names <c>KEY/STATE</c>, for example <c>3/mom</c>; <c>3/count</c> is the number of
    /// updates that weight 3 has had. The caller disposes them.
    /// </summary>
    public IReadOnlyDictionary<string, NDArray> CopyStates()
    {
        var states = new OrderedDictionary<string, NDArray>();
        lock (_lock)
        {
            using AutogradScope pause = Autograd.Pause();
            foreach (Slot slot in _slots.Values)
            {
                states.Add(slot.NameOf(Count), NDArray.From([slot.Count]));
                for (int i = 0; i < slot.States.Length; i++)
                {
                    states.Add(slot.NameOf(slot.StateNames[i]), slot.States[i].Copy());
                }
            }
        }

        return states;
    }

    /// <summary>Replaces all states by copies of those that <see cref="CopyStates"/> gave.</summary>
    /// <exception cref="EngineException">
    /// A name or an array is not what this optimizer keeps for a weight; its states are as before.
    /// </exception>
    public void SetStates(IReadOnlyDictionary<string, NDArray> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        using AutogradScope pause = Autograd.Pause();
        var byKey = new Dictionary<int, Dictionary<string, NDArray>>();
        foreach ((string name, NDArray array) in states)
        {
            int slash = name.IndexOf('/', StringComparison.Ordinal);
            bool isName =
                int.TryParse(
                    name.AsSpan(0, Math.Max(slash, 0)),
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out int key
                )
                && slash < name.Length - 1;
            if (!isName)
                throw new EngineException($"{Name}: '{name}' is not the name of a state, such as 0/mom.");
            if (!byKey.TryGetValue(key, out Dictionary<string, NDArray>? own))
                byKey[key] = own = new Dictionary<string, NDArray>(StringComparer.Ordinal);
            own.Add(name[(slash + 1)..], array);
        }

        var slots = new List<Slot>();
        try
        {
            foreach ((int key, Dictionary<string, NDArray> own) in byKey)
            {
                slots.Add(Restore(key, own));
            }
        }
        catch
        {
            slots.ForEach(slot => slot.Dispose());
            throw;
        }

        ReplaceSlots(slots);
    }

    /// <summary>Saves the description and all states in one array file.</summary>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="OptimizerDescriptionException">The schedule is of a type that descriptions do not know.</exception>
    public void Save(string path)
    {
        using var scope = new ArrayScope();
        var arrays = new OrderedDictionary<string, NDArray> { { DescriptionEntry, NDArray.From(Describe().Span) } };
        foreach ((string name, NDArray state) in CopyStates())
        {
            arrays.Add(name, state);
        }

        NDArray.Save(path, arrays);
    }

    /// <summary>An optimizer as <see cref="Save"/> left it.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no such file, or damaged.</exception>
    public static Optimizer Load(string path)
    {
        using var scope = new ArrayScope();
        var arrays = new Dictionary<string, NDArray>(NDArray.LoadDictionary(path));
        if (!arrays.Remove(DescriptionEntry, out NDArray? description) || description.DType != DType.UInt8)
            throw new FileFormatException(path, -1, $"the array '{DescriptionEntry}' with the description is missing");
        Optimizer? optimizer = null;
        try
        {
            optimizer = FromJson(description.AsSpan<byte>());
            optimizer.SetStates(arrays);
            return optimizer;
        }
        catch (EngineException error) when (error is not FileFormatException)
        {
            optimizer?.Dispose();
            throw new FileFormatException(path, -1, error.Message.TrimEnd('.'), error);
        }
    }

    private Slot Restore(int key, Dictionary<string, NDArray> states)
    {
        bool isMixed = states.ContainsKey(MasterWeight);
        OperatorDef definition = Definition(isMixed);
        string[] names = definition.Inputs[2..];
        string[] all = [Count, .. names];
        if (states.Count != all.Length || !all.All(states.ContainsKey))
        {
            throw new EngineException(
                $"{Name}: weight {key} has the states {List(states.Keys)}; {definition.Name} keeps {List(all)}."
            );
        }

        NDArray count = states[Count];
        if (count.DType != DType.Int64 || count.Size != 1 || count.AsSpan<long>()[0] < 0)
            throw new EngineException($"{Name}: '{key}/{Count}' is {count}; one int64 of at least 0 is expected.");
        NDArray[] copies = Array.ConvertAll(names, name => states[name].Copy());
        return new Slot(key, OperatorName, definition, isMixed, copies) { Count = count.AsSpan<long>()[0] };
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private void ReplaceSlots(List<Slot> slots)
    {
        lock (_lock)
        {
            foreach (Slot old in _slots.Values)
            {
                old.Dispose();
            }

            _slots.Clear();
            _updateCount = 0;
            foreach (Slot slot in slots)
            {
                _slots.Add(slot.Key, slot);
                _updateCount = Math.Max(_updateCount, slot.Count);
            }
        }
    }

    private Slot FindSlot(int key, NDArray weight)
    {
        bool isMixed = MultiPrecision && weight.DType == DType.Float16;
        if (_slots.TryGetValue(key, out Slot? slot))
        {
            if (isMixed == slot.IsMixed && slot.OperatorName == OperatorName)
                return slot;
            throw new EngineException(
                $"{Name}: weight {key} has the states of {slot.Definition.Name} and would now be updated by "
                    + $"{Definition(isMixed).Name}: its type or a hyperparameter changed. Use a new optimizer."
            );
        }

        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        using AutogradScope pause = Autograd.Pause();
        OperatorDef definition = Definition(isMixed);
        NDArray source = isMixed ? weight.AsType(DType.Float32) : weight;
        NDArray[] states = Array.ConvertAll(
            definition.Inputs[2..],
            name => name == MasterWeight ? source : NewState(name, source)
        );
        slot = new Slot(key, OperatorName, definition, isMixed, states) { Count = BeginUpdateCount };
        _slots.Add(key, slot);
        return slot;
    }

    private OperatorDef Definition(bool isMixed) =>
        OperatorRegistry.Default[isMixed ? MixedPrefix + OperatorName : OperatorName];

    /// <summary>What is kept for one weight.</summary>
    private sealed class Slot(int key, string operatorName, OperatorDef definition, bool isMixed, NDArray[] states)
        : IDisposable
    {
        internal int Key { get; } = key;

        internal string OperatorName { get; } = operatorName;

        internal OperatorDef Definition { get; } = definition;

        internal bool IsMixed { get; } = isMixed;

        internal NDArray[] States { get; } = states;

        internal ReadOnlySpan<string> StateNames => Definition.Inputs.AsSpan(2);

        /// <summary>Weight, gradient and states: the operator's inputs.</summary>
        internal NDArray[] Inputs { get; } = [null!, null!, .. states];

        internal long Count { get; set; }

        internal bool HasMultipliers { get; set; }

        internal double RateMultiplier { get; set; }

        internal double DecayMultiplier { get; set; }

        internal string NameOf(string state) => string.Create(CultureInfo.InvariantCulture, $"{Key}/{state}");

        public void Dispose()
        {
            foreach (NDArray state in States)
            {
                state.Dispose();
            }
        }
    }
}
