using System.Text.Json;

namespace CoreEngine.Optimizers;

/// <summary>Schedules in descriptions: an object with the member <c>scheduler</c> and parameters under MXNet's names.</summary>
internal static class ScheduleDescription
{
    private const string Kind = "scheduler";
    private const string FactorName = "factor";
    private const string MultiFactor = "multifactor";
    private const string Polynomial = "poly";
    private const string Cosine = "cosine";

    internal static LearningRateSchedule Read(DescriptionObject o)
    {
        string kind = o.Text(Kind);
        LearningRateSchedule schedule = kind switch
        {
            FactorName => new FactorSchedule
            {
                Step = o.Integer("step"),
                Factor = o.OptionalNumber("factor") ?? 1,
                LowestRate = o.OptionalNumber("stop_factor_lr") ?? 1e-8,
            },
            MultiFactor => new MultiFactorSchedule
            {
                Steps = o.Integers("step"),
                Factor = o.OptionalNumber("factor") ?? 1,
            },
            Polynomial => new PolynomialSchedule
            {
                LastUpdate = o.Integer("max_update"),
                Power = o.OptionalNumber("pwr") ?? 2,
                FinalRate = o.OptionalNumber("final_lr") ?? 0,
            },
            Cosine => new CosineSchedule
            {
                LastUpdate = o.Integer("max_update"),
                FinalRate = o.OptionalNumber("final_lr") ?? 0,
            },
            _ => throw new OptimizerDescriptionException(
                $"there is no schedule '{kind}'; there are {FactorName}, {MultiFactor}, {Polynomial}, {Cosine}."
            ),
        };
        schedule = schedule with
        {
            WarmUpSteps = o.OptionalInteger("warmup_steps") ?? 0,
            WarmUpBegin = o.OptionalNumber("warmup_begin_lr") ?? 0,
        };
        o.RefuseOthers();
        return schedule;
    }

    internal static void Write(Utf8JsonWriter writer, LearningRateSchedule schedule)
    {
        writer.WriteStartObject();
        switch (schedule)
        {
            case FactorSchedule factor:
                writer.WriteString(Kind, FactorName);
                writer.WriteNumber("step", factor.Step);
                writer.WriteNumber("factor", factor.Factor);
                writer.WriteNumber("stop_factor_lr", factor.LowestRate);
                break;
            case MultiFactorSchedule multi:
                writer.WriteString(Kind, MultiFactor);
                writer.WriteStartArray("step");
                foreach (long step in multi.Steps)
                {
                    writer.WriteNumberValue(step);
                }

                writer.WriteEndArray();
                writer.WriteNumber("factor", multi.Factor);
                break;
            case PolynomialSchedule polynomial:
                writer.WriteString(Kind, Polynomial);
                writer.WriteNumber("max_update", polynomial.LastUpdate);
                writer.WriteNumber("pwr", polynomial.Power);
                writer.WriteNumber("final_lr", polynomial.FinalRate);
                break;
            case CosineSchedule cosine:
                writer.WriteString(Kind, Cosine);
                writer.WriteNumber("max_update", cosine.LastUpdate);
                writer.WriteNumber("final_lr", cosine.FinalRate);
                break;
            default:
                throw new OptimizerDescriptionException(
                    $"the schedule is a {schedule.GetType().Name}, which descriptions do not know."
                );
        }

        writer.WriteNumber("warmup_steps", schedule.WarmUpSteps);
        writer.WriteNumber("warmup_begin_lr", schedule.WarmUpBegin);
        writer.WriteEndObject();
    }
}
