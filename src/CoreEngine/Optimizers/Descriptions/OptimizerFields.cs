namespace CoreEngine.Optimizers;

/// <summary>
/// Goes over an optimizer's hyperparameters: reading, it returns what the description says (the given value where it says
/// nothing); writing, it notes the given value and returns it. So each hyperparameter is named in one place.
/// </summary>
internal abstract class OptimizerFields
{
    internal abstract double Number(string name, double value);

    internal abstract double? OptionalNumber(string name, double? value);

    internal abstract bool Flag(string name, bool value);

    internal abstract long Integer(string name, long value);

    internal abstract IReadOnlyDictionary<string, double> Numbers(
        string name,
        IReadOnlyDictionary<string, double> value
    );

    internal abstract IReadOnlyDictionary<int, string> Names(string name, IReadOnlyDictionary<int, string> value);

    internal abstract LearningRateSchedule? Schedule(string name, LearningRateSchedule? value);
}
