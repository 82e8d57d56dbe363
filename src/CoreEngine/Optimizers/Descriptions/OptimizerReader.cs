namespace CoreEngine.Optimizers;

/// <summary>Takes hyperparameters from a description.</summary>
internal sealed class OptimizerReader(DescriptionObject description) : OptimizerFields
{
    internal override double Number(string name, double value) => description.OptionalNumber(name) ?? value;

    internal override double? OptionalNumber(string name, double? value) =>
        description.Has(name) ? description.OptionalNumber(name) : value;

    internal override bool Flag(string name, bool value) => description.Flag(name) ?? value;

    internal override long Integer(string name, long value) => description.OptionalInteger(name) ?? value;

    internal override IReadOnlyDictionary<string, double> Numbers(
        string name,
        IReadOnlyDictionary<string, double> value
    ) => description.Child(name)?.AllNumbers() ?? value;

    internal override IReadOnlyDictionary<int, string> Names(string name, IReadOnlyDictionary<int, string> value) =>
        description.Child(name)?.AllNames() ?? value;

    internal override LearningRateSchedule? Schedule(string name, LearningRateSchedule? value) =>
        description.Child(name) is { } child ? ScheduleDescription.Read(child) : value;
}
