using System.Globalization;
using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// Changes weights by their gradients. One optimizer serves all weights of a model; it keeps states and a count per
/// weight, under the key that the caller gives. Every step is one update operator, run like any other operator.
/// </summary>
/// <remarks>
/// Threads may update different keys at the same time. Hyperparameters may be changed between updates; each has MXNet's
/// meaning, and MXNet's name in descriptions (<see cref="ToJson"/>).
/// </remarks>
public abstract partial class Optimizer : IDisposable
{
    private const int BoundKept = 8;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Slot> _slots = [];

    // Steps of many weights have the same parameters: the bound operator is made once, and keeps what inference found.
    private readonly BoundOperator?[] _bound = new BoundOperator?[BoundKept];
    private int _nextBound;
    private long _updateCount;

    private protected Optimizer() { }

    /// <summary>The name in descriptions, which is MXNet's.</summary>
    public abstract string Name { get; }

    /// <summary>The learning rate, before any schedule and multiplier.</summary>
    public double LearningRate
    {
        get;
        set => field = Hyperparameter.Finite(value);
    } = 0.01;

    /// <summary>Pulls every weight towards zero.</summary>
    public double WeightDecay
    {
        get;
        set => field = Hyperparameter.Finite(value);
    }

    /// <summary>Multiplies every gradient first: one over the batch size, when the loss is a sum over the batch.</summary>
    public double RescaleGradient
    {
        get;
        set => field = Hyperparameter.Finite(value);
    } = 1;

    /// <summary>Limits the magnitude of every rescaled gradient; null for no limit.</summary>
    public double? ClipGradient
    {
        get;
        set => field = Hyperparameter.PositiveOrNone(value);
    }

    /// <summary>
    /// Whether float16 weights are updated through a float32 master copy, in which steps too small for float16 add up.
    /// </summary>
    public bool MultiPrecision { get; set; } = true;

    /// <summary>Number of updates that every weight counts as having had when training starts.</summary>
    public long BeginUpdateCount
    {
        get;
        set => field = Hyperparameter.AtLeast(0, value);
    }

    /// <summary>Changes the learning rate with the number of updates; null for a constant one.</summary>
    public LearningRateSchedule? Schedule { get; set; }

    /// <summary>Number of updates that the most often updated weight has had.</summary>
    public long UpdateCount => Math.Max(_updateCount, BeginUpdateCount);

    /// <summary>
    /// The weights' names by key. A weight that has one decays only when it ends in <c>_weight</c> or <c>_gamma</c>, unless
    /// <see cref="WeightDecayMultipliers"/> says otherwise: biases and shifts are better left alone.
    /// </summary>
    public IReadOnlyDictionary<int, string> ParameterNames
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_lock)
            {
                field = new SortedDictionary<int, string>(value.ToDictionary());
                ForgetMultipliers();
            }
        }
    } = new SortedDictionary<int, string>();

    /// <summary>Multipliers of the learning rate, by name or by key in decimal; 1 for weights that are not in here.</summary>
    public IReadOnlyDictionary<string, double> LearningRateMultipliers
    {
        get;
        set => field = NewMultipliers(value);
    } = Multipliers([]);

    /// <summary>Multipliers of the weight decay, by name or by key in decimal.</summary>
    public IReadOnlyDictionary<string, double> WeightDecayMultipliers
    {
        get;
        set => field = NewMultipliers(value);
    } = Multipliers([]);

    /// <summary>Changes one weight in place, asynchronously.</summary>
    /// <param name="key">Which weight; its states are kept under this number.</param>
    /// <param name="weight">The weight, changed: float32, float64 or float16.</param>
    /// <param name="gradient">
    /// Its gradient, of the same shape. When both are row-sparse, only the rows that the gradient stores are touched, of
    /// weight and states: the others neither decay nor go on with their momentum. Some update operators leave the
    /// rescaled, decayed gradient in a dense one, as in MXNet.
    /// </param>
    /// <exception cref="OperatorException">The gradient's or a state's shape or type does not fit the weight.</exception>
    /// <exception cref="EngineException">The weight would need other states than those it has.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The learning rate, after schedule and multiplier, is one that the rule cannot work with.
    /// </exception>
    public void Update(int key, NDArray weight, NDArray gradient)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(gradient);
        lock (_lock)
        {
            Slot slot = FindSlot(key, weight);
            long count = slot.Count + 1;
            long mostUpdates = Math.Max(UpdateCount, count);
            BoundOperator op = Bind(slot, count, mostUpdates);
            slot.Inputs[0] = weight;
            slot.Inputs[1] = gradient;
            try
            {
                using AutogradScope pause = Autograd.Pause();
                Imperative.Invoke(op, slot.Inputs, slot.Inputs.AsSpan(0, 1));
            }
            finally
            {
                // A weight that is forgotten elsewhere must not live on here.
                Array.Clear(slot.Inputs, 0, 2);
            }

            slot.Count = count;
            _updateCount = mostUpdates;
        }
    }

    /// <summary>Lets go of all states.</summary>
    public void Dispose()
    {
        ReplaceSlots([]);
        GC.SuppressFinalize(this);
    }

    /// <summary>The update operator, as its variant without a master copy is called.</summary>
    private protected abstract string OperatorName { get; }

    /// <summary>The operator's own parameters for a weight's next step, the learning rate among them.</summary>
    /// <param name="learningRate">After schedule and multiplier.</param>
    /// <param name="count">The number of this update, from 1.</param>
    private protected abstract UpdateParameters Parameters(double learningRate, long count);

    /// <summary>A new state.</summary>
    /// <param name="name">The operator's name for it.</param>
    /// <param name="weight">The weight, or its float32 master copy.</param>
    /// <remarks>
    /// Of a row-sparse weight that lacks rows the states store the rows that were ever updated, too; otherwise they are
    /// dense, and no row has to be looked for.
    /// </remarks>
    private protected virtual NDArray NewState(string name, NDArray weight)
    {
        bool lacksRows = weight.StorageType == StorageType.RowSparse && weight.StoredCount < weight.Shape[0];
        StorageType storage = lacksRows ? StorageType.RowSparse : StorageType.Default;
        return NDArray.Zeros(storage, weight.Shape, weight.DType, weight.Device);
    }

    private BoundOperator Bind(Slot slot, long count, long mostUpdates)
    {
        if (!slot.HasMultipliers)
            FindMultipliers(slot);
        double rate = Schedule?.Rate(LearningRate, mostUpdates) ?? LearningRate;
        UpdateParameters parameters = Parameters(rate * slot.RateMultiplier, count);
        parameters.WeightDecay = (float)(WeightDecay * slot.DecayMultiplier);
        parameters.RescaleGradient = (float)RescaleGradient;
        parameters.ClipGradient = (float)(ClipGradient ?? -1);
        foreach (BoundOperator? bound in _bound)
        {
            bool fits = bound?.Definition == slot.Definition && bound.Parameters<UpdateParameters>().Equals(parameters);
            if (fits)
                return bound!;
        }

        BoundOperator made = slot.Definition.Bind(parameters);
        _bound[_nextBound] = made;
        _nextBound = (_nextBound + 1) % BoundKept;
        return made;
    }

    /// <summary>
    /// Takes the multipliers that a symbol's variables carry (<c>lr_mult</c>, <c>wd_mult</c>). Those that were set here
    /// before stay.
    /// </summary>
    /// <exception cref="EngineException">A multiplier is no number.</exception>
    public void TakeMultipliers(Symbol symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        SortedDictionary<string, double> rates = Multipliers(LearningRateMultipliers);
        SortedDictionary<string, double> decays = Multipliers(WeightDecayMultipliers);
        HashSet<string> arguments = [.. symbol.ListArguments()];
        foreach ((string node, IReadOnlyDictionary<string, string> attributes) in symbol.ListAllAttributes())
        {
            if (!arguments.Contains(node))
                continue;
            Take(node, attributes, "lr_mult", rates);
            Take(node, attributes, "wd_mult", decays);
        }

        LearningRateMultipliers = rates;
        WeightDecayMultipliers = decays;
    }

    private static void Take(
        string node,
        IReadOnlyDictionary<string, string> attributes,
        string key,
        SortedDictionary<string, double> multipliers
    )
    {
        if (!attributes.TryGetValue(key, out string? text))
            return;
        if (!double.TryParse(text, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            throw new EngineException($"The attribute {key} of '{node}' is '{text}', which is no number.");
        multipliers.TryAdd(node, number);
    }

    private SortedDictionary<string, double> NewMultipliers(IReadOnlyDictionary<string, double> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        SortedDictionary<string, double> copy = Multipliers(given);
        foreach (double multiplier in copy.Values)
        {
            Hyperparameter.Finite(multiplier, "A multiplier");
        }

        lock (_lock)
        {
            ForgetMultipliers();
        }

        return copy;
    }

    private static SortedDictionary<string, double> Multipliers(IEnumerable<KeyValuePair<string, double>> given) =>
        new(given.ToDictionary(), StringComparer.Ordinal);

    private void FindMultipliers(Slot slot)
    {
        string key = slot.Key.ToString(CultureInfo.InvariantCulture);
        bool hasName = ParameterNames.TryGetValue(slot.Key, out string? name);
        bool decays = !hasName || EndsIn(name!, "_weight") || EndsIn(name!, "_gamma");
        slot.RateMultiplier = Find(LearningRateMultipliers, key, name) ?? 1;
        slot.DecayMultiplier = Find(WeightDecayMultipliers, key, name) ?? (decays ? 1 : 0);
        slot.HasMultipliers = true;
    }

    private static bool EndsIn(string name, string ending) => name.EndsWith(ending, StringComparison.Ordinal);

    private static double? Find(IReadOnlyDictionary<string, double> multipliers, string key, string? name) =>
        multipliers.TryGetValue(key, out double found) ? found
        : name is not null && multipliers.TryGetValue(name, out found) ? found
        : null;

    private void ForgetMultipliers()
    {
        foreach (Slot slot in _slots.Values)
        {
            slot.HasMultipliers = false;
        }
    }
}
